/** Who holds the data keys of a content class: the platform's key service, the firm's devices, or both while the class moves. */
export type ContentCustody = 'PLATFORM' | 'MOVING' | 'FIRM' | 'BACK';

/** The custody of a firm's classes, by class. A class that is missing is in PLATFORM custody. */
export type FirmCustody = Readonly<Record<string, ContentCustody>>;

/** The custody of a class. */
export const custodyOfClass = (custody: FirmCustody | undefined, className: string): ContentCustody =>
	custody && Object.hasOwn(custody, className) ? (custody[className] as ContentCustody) : 'PLATFORM';

/** Whether new values of the class are sealed by the firm's devices only: in every custody but PLATFORM. */
export const isSealedByFirm = (custody: FirmCustody | undefined, className: string): boolean =>
	custodyOfClass(custody, className) !== 'PLATFORM';
