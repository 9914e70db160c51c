export { AskForLease } from './ask-for-lease.tsx';
export type { AskedFirm } from './asked-firm.ts';
export type { PickedRecord, Proposal } from './lease-draft.ts';
