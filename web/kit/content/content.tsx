import { VisibleText } from '../text/visible-text.tsx';
import type { SealedField } from './content-link.ts';
import { Sealed } from './sealed.tsx';

const REASONS: Readonly<Record<string, string>> = {
	NO_LEASE: 'Sealed: reading it takes a lease',
	CLASS: 'Sealed: the lease does not cover this class of content',
	COORDINATE: 'Sealed: the lease does not cover this field',
	RECORD: 'Sealed: the lease does not cover this record',
	NOT_SHARED: 'Not shared with you',
	FIRM_CUSTODY: 'Sealed: only devices of the firm can open it',
};

interface ContentProps {
	/** The value as the API answered it; null if it is empty or withheld. */
	readonly value: string | number | boolean | null | undefined;
	/** Such as Note.title. */
	readonly field: string;
	readonly sealed: readonly SealedField[];
	/** Keeps line breaks. */
	readonly lines?: boolean;
	/** What an empty value shows. */
	readonly empty?: string;
}

/** The only component that shows encrypted values: the value, or why it is sealed. */
export function Content({ value, field, sealed, lines = false, empty = '—' }: ContentProps) {
	if (value !== null && value !== undefined && value !== '')
		return <VisibleText text={String(value)} form={lines ? 'LINES' : 'LINE'} />;
	const why = sealed.find(({ coordinate }) => coordinate === field);
	if (why === undefined) return <span className="quiet">{empty}</span>;
	return <Sealed field={field} why={REASONS[why.reason] ?? 'Sealed'} />;
}
