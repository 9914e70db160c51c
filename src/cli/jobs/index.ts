export { approver } from './approver.ts';
export { writeDirectory } from './escrow-directory.ts';
export { followJobs, told } from './follow-jobs.ts';
export { notBeforeOf, seeJob, toldToAsker } from './job-terms.ts';
export { type Asking, askAndFollow, askerOf, type KeysOf, keysOf, type OfFirm } from './keys-work.ts';
export { describePerson } from './person-terms.ts';
export { type Seeing, withSight } from './with-sight.ts';
