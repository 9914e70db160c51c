export { FirmLink } from './firm-link.tsx';
export { FirmSelect } from './firm-select.tsx';
export { useFirmNames } from './use-firm-names.ts';
