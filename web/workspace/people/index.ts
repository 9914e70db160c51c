export { AuthorField } from './author-field.tsx';
