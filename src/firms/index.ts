export type { Acting, Desk } from './desk.ts';
export { checkId } from './input.ts';
export { createNote, deleteNote, updateNote } from './notes.ts';
