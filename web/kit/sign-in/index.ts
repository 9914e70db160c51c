export { openProvider, type Provider } from './provider.ts';
export { leaveToSignIn, openSession, Session, type SignInNeed } from './session.ts';
export { SignInDialog } from './sign-in-dialog.tsx';
