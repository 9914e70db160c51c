export { Content } from './content.tsx';
export type { SealedField } from './content-link.ts';
export { Sealed } from './sealed.tsx';
export { type ListPage, useContentList } from './use-content-list.ts';
export { useContentQuery } from './use-content-query.ts';
