export { type ExportOptions, exportFirm } from './export.ts';
