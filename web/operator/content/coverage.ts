import type { ContentClass } from '../../kit/api/operator.generated.ts';
import type { SealedField } from '../../kit/content/content-link.ts';
import { type Coordinate, classOf } from './content-fields.ts';

/** What a lease opens. Null: every field of the classes, every record of the firm. */
export interface Scope {
	readonly classes: readonly ContentClass[];
	readonly coordinates: readonly string[] | null;
	readonly recordIds: readonly string[] | null;
}

/**
 * Why the lease does not open the field of this record; null if it does. The API decides: this only spares requests that it would refuse,
 * and says beforehand what a lease is good for.
 */
export function denialUnder(scope: Scope | null, coordinate: Coordinate, recordId: string): string | null {
	if (scope === null) return 'NO_LEASE';
	if (!scope.classes.includes(classOf(coordinate))) return 'CLASS';
	if (scope.coordinates && !scope.coordinates.includes(coordinate)) return 'COORDINATE';
	return scope.recordIds && !scope.recordIds.includes(recordId) ? 'RECORD' : null;
}

/** As the API reports what it withholds, so that Content says why. Without a lease the console asks for no content, since that raises an alert. */
export function sealedUnder(scope: Scope | null, coordinate: Coordinate, recordId: string): readonly SealedField[] {
	const reason = denialUnder(scope, coordinate, recordId);
	return reason === null ? [] : [{ coordinate, reason, count: 1 }];
}
