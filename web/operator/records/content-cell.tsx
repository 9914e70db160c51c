import { Content, Sealed } from '../../kit/content/index.ts';
import type { Coordinate } from '../content/content-fields.ts';
import { denialUnder, type Scope, sealedUnder } from '../content/coverage.ts';
import type { Opened } from './opened-values.tsx';

interface ContentCellProps {
	readonly field: Coordinate;
	readonly recordId: string;
	/** Null without a lease. */
	readonly scope: Scope | null;
	/** Null while it is closed. */
	readonly opened: Opened | null;
	readonly lines?: boolean;
}

/** One encrypted value: what it says, or why it is sealed, or that it could be opened. */
export function ContentCell({ field, recordId, scope, opened, lines = false }: ContentCellProps) {
	const isCovered = denialUnder(scope, field, recordId) === null;
	if (isCovered && opened === null) return <Sealed field={field} why="Sealed: the lease covers it, not opened yet" />;
	if (isCovered && opened?.isLoading) return <span className="quiet">Opening …</span>;
	const value = isCovered ? opened?.valueOf(recordId, field) : undefined;
	if (isCovered && value === undefined) return <Sealed field={field} why="Sealed: not part of what was opened" />;
	return <Content value={value} field={field} sealed={sealedUnder(scope, field, recordId)} lines={lines} />;
}
