import { CONTENT_CLASSES } from '../../access/index.ts';
import type { DataKeyListing } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { PLATFORM_FIRM_ID, type WrappingKey } from '../../keys/index.ts';
import type { JobRequest } from '../engine/index.ts';

/** The key that checkpoints are signed with: `firmseal audit rotate` makes the next, when the one before is anchored. */
const CHECKPOINT = 'CHECKPOINT';

type KeyVersions = Pick<DataKeyListing, 'class' | 'version' | 'state'>;

/** Classes of data keys that a job can be about. */
export const JOB_KEY_CLASSES: readonly string[] = [...CONTENT_CLASSES, 'RIGHTS', 'JOB'];

/** The versions of each class that is meant; of all that there are unless given. @throws FirmsealError BAD_USER_INPUT */
function versionsByClass(
	keys: readonly KeyVersions[],
	classes: readonly string[] | undefined,
): ReadonlyMap<string, readonly KeyVersions[]> {
	const series = Map.groupBy(keys, (key) => key.class);
	series.delete(CHECKPOINT);
	if (!classes) return series;
	if (classes.some((of) => !JOB_KEY_CLASSES.includes(of)))
		throw new FirmsealError('BAD_USER_INPUT', `A class of data keys is one of ${JOB_KEY_CLASSES.join(', ')}.`);
	return new Map(classes.map((of) => [of, series.get(of) ?? []]));
}

const highest = (versions: readonly KeyVersions[]) => Math.max(0, ...versions.map(({ version }) => version));

/** Another version of each, the first where there is none. @throws FirmsealError BAD_USER_INPUT */
export const rotationRequests = (
	firm: string,
	keys: readonly KeyVersions[],
	classes?: readonly string[],
): readonly JobRequest[] =>
	[...versionsByClass(keys, classes)].map(([of, versions]) => ({
		firm,
		kind: 'ROTATE',
		class: of,
		version: highest(versions) + 1,
	}));

/** Another version of the wrapping key, under which all data keys are wrapped anew. */
export const wrappingKeyRotationRequest = ({ firm, version }: WrappingKey): JobRequest => ({
	firm,
	kind: 'ROTATE',
	class: null,
	version: version + 1,
});

/** Another wrapping key for the firm: one that it brings, by its name in the key service; null: one of the platform's again. */
export const wrappingKeyChangeRequest = (firm: string, own: string | null): JobRequest => ({
	firm,
	kind: own === null ? 'GIVE_BACK' : 'BRING',
	class: null,
	version: null,
	terms: own,
});

export const isWrappingKeyChange = (kind: JobRequest['kind']): boolean => kind === 'BRING' || kind === 'GIVE_BACK';

/** Of each class of content of which older versions may still have values; those under the ACTIVE one stay. @throws FirmsealError BAD_USER_INPUT */
export function reencryptionRequests(
	firm: string,
	keys: readonly KeyVersions[],
	{ classes, rate }: { readonly classes?: readonly string[] | undefined; readonly rate: number | null },
): readonly JobRequest[] {
	return [...versionsByClass(keys, classes)].flatMap(([of, versions]) => {
		const active = versions.find(({ state }) => state === 'ACTIVE');
		const isOld = versions.some(({ state }) => state === 'RETIRED');
		if (!isContentClass(of) || !active || !isOld) return [];
		return [{ firm, kind: 'REENCRYPT' as const, class: of, version: active.version, rate }];
	});
}

export const isContentClass = (of: string): boolean => CONTENT_CLASSES.some((each) => each === of);

/**
 * One version of a data key of content, or the wrapping key of a firm. @throws FirmsealError NOT_FOUND, CONFLICT for a version in the wrong
 * state, FORBIDDEN for what nobody could undo: everything that is proven stands on the platform's key, and on versions of RIGHTS.
 */
export function keyVersionRequest(
	kind: 'DISABLE' | 'ENABLE' | 'DESTROY',
	firm: string,
	keys: readonly KeyVersions[],
	named: { readonly class: string; readonly version: number } | null,
): JobRequest {
	if (
		firm === PLATFORM_FIRM_ID ||
		(named !== null && !isContentClass(named.class) && keys.some((key) => key.class === named.class))
	)
		throw new FirmsealError(
			'FORBIDDEN',
			'Proofs stand on this key, and nothing would be proven without it: rotate it instead.',
		);
	if (named === null) return { firm, kind, class: null, version: null };
	const key = keys.find((each) => each.class === named.class && each.version === named.version);
	if (!key)
		throw new FirmsealError('NOT_FOUND', 'There is no such version of a data key: `firmseal keys list` names them.');
	const needed = { DISABLE: 'RETIRED', ENABLE: 'DISABLED', DESTROY: 'DISABLED' }[kind];
	if (key.state !== needed)
		throw new FirmsealError('CONFLICT', `The version is ${key.state}: only one that is ${needed} can be changed so.`);
	return { firm, kind, ...named };
}
