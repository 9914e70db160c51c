export { createFirm, findFirm, isKnown, type NewPerson, type Office, setFirmSuspended } from './administration.ts';
export type { Acting, Desk } from './desk.ts';
export { checkId, checkTime } from './input.ts';
export { addMember } from './members.ts';
export { createNote, deleteNote, updateNote } from './notes.ts';
export { addFirstApprover, addOperator, disableOperator, FIRST_APPROVERS } from './operators.ts';
