import { controlPlane } from '../../store/protocol/control-plane.ts'
import { httpHandler } from '../http-handler.ts'
import { controlStores } from './control-stores.ts'

/** Answers every operation of the control plane. */
export const handler = httpHandler(controlPlane(controlStores()))
