export { openTokens } from './fernet.ts';
