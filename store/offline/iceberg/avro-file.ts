import { randomBytes } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import avro, { type Schema, type Type } from 'avsc'

type Done = (error: null, bytes: Buffer) => void

/** Some kilobytes are soonest done at once. */
const DEFLATE = { deflate: (bytes: Buffer, done: Done) => done(null, deflateRawSync(bytes)) }
const INFLATE = {
  null: (bytes: Buffer, done: Done) => done(null, bytes),
  deflate: (bytes: Buffer, done: Done) => done(null, inflateRawSync(bytes)),
}

/** Avro's files of records with a schema: https://avro.apache.org/docs/1.12.0/specification/#object-container-files */
export function avroFile(schema: Schema) {
  const schemaText = JSON.stringify(schema)
  // The code that reads and writes records is made once: that takes longer than a manifest.
  const type = avro.Type.forSchema(schema)
  // A file's header has the ids of fields too, which the type's own schema is without.
  const writtenType: Type = Object.create(type, { getSchema: { value: () => schema } })

  return {
    /** The bytes of a file with these records. Throws for one that is not of the schema. */
    async encode(records: unknown[], metadata: { [key: string]: string }): Promise<Buffer> {
      const encoder = new avro.streams.BlockEncoder(writtenType, {
        codec: 'deflate',
        codecs: DEFLATE,
        syncMarker: randomBytes(16),
        // A file without records is a file too: the list of a table whose rows are all erased.
        writeHeader: true,
        metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value)])),
      } as object)
      for (const record of records) encoder.write(record)
      encoder.end()
      const chunks: Buffer[] = []
      for await (const chunk of encoder) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
    /** The records of a file, as the schema in its header has them. Throws when it is damaged. */
    async decode<Value>(bytes: Buffer): Promise<Value[]> {
      const decoder = new avro.streams.BlockDecoder({
        codecs: INFLATE,
        parseHook: (found) => (JSON.stringify(found) === schemaText ? type : avro.Type.forSchema(found)),
      })
      let marker: Buffer | undefined
      decoder.on('metadata', (_type, _codec, header: { sync: Buffer }) => {
        marker = header.sync
      })
      decoder.end(bytes)
      const values: Value[] = []
      for await (const value of decoder) values.push(value)
      // The decoder takes what is there of a file that was cut off; each part of a whole one ends with the marker.
      if (marker === undefined || !bytes.subarray(-marker.length).equals(marker)) throw new Error('it is cut off')
      return values
    },
  }
}
