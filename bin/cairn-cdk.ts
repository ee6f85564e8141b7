import { cairnApp } from '../lib/cairn-app.ts'

cairnApp().synth()
