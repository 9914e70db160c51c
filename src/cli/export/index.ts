export { exportFirm, type FirmExportOptions } from './export.ts';
