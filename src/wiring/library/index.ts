export { type Adoption, type AdoptOptions, adopt } from './adopt.ts';
export { type CreateContentOptions, createContent } from './create-content.ts';
export { openKeyringIn } from './open-keyring-in.ts';
