import { CONTENT_CLASSES } from '../../access/index.ts';
import {
	type DataKeyListing,
	selectLatestKeyVersion,
	selectOwnClasses,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { PLATFORM_FIRM_ID, type WrappingKey } from '../../keys/index.ts';
import type { JobRequest } from '../engine/index.ts';

/**
 * The class of the keys that sign checkpoints. No job is about them: `firmseal audit rotate` makes the next one when the current one is
 * anchored.
 */
const CHECKPOINT = 'CHECKPOINT';

type KeyVersions = Pick<DataKeyListing, 'class' | 'version' | 'state'>;

/** Classes of data keys that a job can be about. */
export const JOB_KEY_CLASSES: readonly string[] = [...CONTENT_CLASSES, 'RIGHTS', 'JOB'];

/** The key versions of the named classes; of all classes if none is named. @throws FirmsealError BAD_USER_INPUT */
function versionsByClass(
	keys: readonly KeyVersions[],
	classes: readonly string[] | undefined,
): ReadonlyMap<string, readonly KeyVersions[]> {
	const series = Map.groupBy(keys, (key) => key.class);
	series.delete(CHECKPOINT);
	if (!classes) return series;
	if (classes.some((of) => !JOB_KEY_CLASSES.includes(of)))
		throw new FirmsealError('BAD_USER_INPUT', `The class of a data key must be one of ${JOB_KEY_CLASSES.join(', ')}.`);
	return new Map(classes.map((of) => [of, series.get(of) ?? []]));
}

/**
 * rotationRequests() with versions that no key of the firm's own devices has, without classes in the firm's own custody unless they are
 * named. `tx`: of the firm's plane or the worker's.
 * @throws FirmsealError BAD_USER_INPUT
 */
export async function nextRotationRequests(
	tx: Transaction,
	firm: string,
	keys: readonly KeyVersions[],
	classes?: readonly string[],
): Promise<readonly JobRequest[]> {
	const requests: JobRequest[] = [];
	const held = classes ? [] : await selectOwnClasses(tx, firm);
	for (const request of rotationRequests(firm, keys, classes)) {
		if (held.includes(request.class ?? '')) continue;
		const latest = await selectLatestKeyVersion(tx, firm, request.class ?? '');
		requests.push({ ...request, version: Math.max(request.version ?? 0, latest + 1) });
	}
	return requests;
}

const highest = (versions: readonly KeyVersions[]) => Math.max(0, ...versions.map(({ version }) => version));

/** Requests the next version of each class; the first version if the class has none. @throws FirmsealError BAD_USER_INPUT */
const rotationRequests = (
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

/** Requests the next version of the wrapping key, which then wraps all data keys again. */
export const wrappingKeyRotationRequest = ({ firm, version }: WrappingKey): JobRequest => ({
	firm,
	kind: 'ROTATE',
	class: null,
	version: version + 1,
});

/** Requests another wrapping key for the firm: one that it brings, by its name in the key service, or a key of the platform (null). */
export const wrappingKeyChangeRequest = (firm: string, own: string | null): JobRequest => ({
	firm,
	kind: own === null ? 'GIVE_BACK' : 'BRING',
	class: null,
	version: null,
	terms: own,
});

export const isWrappingKeyChange = (kind: JobRequest['kind']): boolean => kind === 'BRING' || kind === 'GIVE_BACK';

/**
 * Requests re-encryption of each content class whose older versions may still have values. Values under the ACTIVE version stay. `held`: classes
 * in the firm's own custody, which are left out unless they are named.
 * @throws FirmsealError BAD_USER_INPUT
 */
export function reencryptionRequests(
	firm: string,
	keys: readonly KeyVersions[],
	{
		classes,
		held = [],
		rate,
	}: {
		readonly classes?: readonly string[] | undefined;
		readonly held?: readonly string[];
		readonly rate: number | null;
	},
): readonly JobRequest[] {
	return [...versionsByClass(keys, classes)].flatMap(([of, versions]) => {
		if (!classes && held.includes(of)) return [];
		const active = versions.find(({ state }) => state === 'ACTIVE');
		const isOld = versions.some(({ state }) => state === 'RETIRED');
		if (!isContentClass(of) || !active || !isOld) return [];
		return [{ firm, kind: 'REENCRYPT' as const, class: of, version: active.version, rate }];
	});
}

export const isContentClass = (of: string): boolean => CONTENT_CLASSES.some((each) => each === of);

/**
 * Requests a change of one version of a content class's data key, or of a firm's wrapping key.
 * @throws FirmsealError NOT_FOUND; CONFLICT if the version has the wrong state; FORBIDDEN for the platform's key and versions of RIGHTS:
 * all proofs depend on them, and no one could undo the change
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
			'Proofs depend on this key, and without it nothing could be verified: rotate it instead.',
		);
	if (named === null) return { firm, kind, class: null, version: null };
	const key = keys.find((each) => each.class === named.class && each.version === named.version);
	if (!key)
		throw new FirmsealError(
			'NOT_FOUND',
			'No data key has this class and version: `firmseal keys list` lists all versions.',
		);
	const needed = { DISABLE: 'RETIRED', ENABLE: 'DISABLED', DESTROY: 'DISABLED' }[kind];
	if (key.state !== needed)
		throw new FirmsealError(
			'CONFLICT',
			`The version is ${key.state}: only a version that is ${needed} can be changed this way.`,
		);
	return { firm, kind, ...named };
}
