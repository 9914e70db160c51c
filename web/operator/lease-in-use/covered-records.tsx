import type { Coordinate } from '../content/content-fields.ts';
import { fieldsOfClass, oneOf, typeOf } from '../content/content-fields.ts';
import { hasEnded, type OwnLease } from './own-lease.ts';

const MOST = 5;

/** The way to the records that a lease names: in the lists, which have no content, one looks like the other. */
export function CoveredRecords({ lease }: { readonly lease: OwnLease }) {
	const { recordIds, coordinates, classes } = lease;
	if (recordIds === null || hasEnded(lease)) return null;
	const fields = (coordinates ?? classes.flatMap(fieldsOfClass)) as readonly Coordinate[];
	const types = [...new Set(fields.map(typeOf))];
	const kind = types.length === 1 && types[0] ? oneOf(types[0]) : 'record';
	return (
		<p>
			It covers{' '}
			{recordIds.slice(0, MOST).map((id, index) => (
				<span key={id}>
					{index > 0 && ', '}
					<a href={`#/firms/record/${id}`}>{recordIds.length === 1 ? `this ${kind}` : `${kind} …${id.slice(-6)}`}</a>
				</span>
			))}
			{recordIds.length > MOST && <> and {recordIds.length - MOST} more</>}.
		</p>
	);
}
