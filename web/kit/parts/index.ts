export { Confirm } from './confirm.tsx';
export { Dialog } from './dialog.tsx';
export { Empty } from './empty.tsx';
export { ErrorNote } from './error-note.tsx';
export { Field } from './field.tsx';
export { Frame, type Place, useTitle } from './frame.tsx';
export { confirmLoss, useLeaveGuard } from './leave-guard.ts';
export { LoadMore } from './load-more.tsx';
export { Person } from './person.tsx';
