import type { Format as FileFormat } from '../../store/files/row-input.ts'

export type Format = FileFormat

export const FORMATS: readonly Format[] = ['csv', 'jsonl', 'parquet']
