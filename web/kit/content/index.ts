export { Content } from './content.tsx';
export type { SealedField } from './content-link.ts';
export { useContentQuery } from './use-content-query.ts';
