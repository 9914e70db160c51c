export { type DjangoKey, openDjangoValues } from './django-cryptography.ts';
export { openTokens } from './fernet.ts';
