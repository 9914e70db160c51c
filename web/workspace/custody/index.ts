export { CustodySections } from './custody-sections.tsx';
