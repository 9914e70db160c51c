/*
 * What a page that reads does not need at its start, in one chunk: each further one has its own part of what they share with the start, and
 * together these are larger.
 */
export { Answering, Joining } from './connection/joining.ts';
export { countResealing, resealClass } from './connection/resealing.ts';
export { withoutOthers } from './mutation-slots.ts';
export { writesAnyContent } from './prepare-mutation.ts';
export { requestedByMutation } from './requested-by-mutation.ts';
export { sealRequest } from './seal-request.ts';
