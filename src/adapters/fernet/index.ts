export { createDjangoCipher, type DjangoKey } from './django-cryptography.ts';
export { createFernetCipher } from './fernet.ts';
