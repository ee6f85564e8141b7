import { MAINTENANCE_DEFAULTS, maintain } from '../../store/offline/iceberg/maintain.ts'
import { tableFiles } from '../../store/offline/iceberg/table-files.ts'

const [directory = '', minInputFiles] = process.argv.slice(2)
await maintain(tableFiles(directory), { ...MAINTENANCE_DEFAULTS, minInputFiles: Number(minInputFiles) }, Date.now())
