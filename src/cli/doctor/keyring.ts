import type { Config } from '../../config/index.ts';
import {
	type DatabaseCheck,
	databaseCheck,
	selectAllFirms,
	selectDataKeyListing,
	selectEscrowedFirms,
	selectOwnKeyStates,
} from '../../database/index.ts';
import { type DescribedKey, describeKeys, isInstallationProven, wrappingKeyStateOf } from '../../firms/index.ts';
import {
	assertKeyringMatches,
	type Installation,
	keyServiceOf,
	openKeyring,
	PLATFORM_FIRM_ID,
} from '../../wiring/index.ts';
import { shortenList, toCommandError } from '../command.ts';

/**
 * Whether the keyring works and belongs to this installation: opening a local keyring reads every firm's file and compares the root key, and a
 * key service is asked. Then whether each firm, and the platform, has a working wrapping key, and its data keys are wrapped under it.
 */
export async function inspectKeyring(config: Config, { worker, database }: Installation): Promise<DatabaseCheck[]> {
	const keyring = await openKeyring(config, 'worker');
	const check = 'the keyring opens and belongs to this installation';
	const away = await keyring.check().then(
		() => null,
		(error: unknown) => toCommandError(error).message,
	);
	if (away !== null) return [databaseCheck(check, away)];
	const foreign = await assertKeyringMatches(config, database).then(
		() => null,
		(error: unknown) => toCommandError(error).message,
	);
	// An erased firm has no working key.
	const there = (await worker.read(null, selectAllFirms)).filter(({ status }) => status !== 'ERASED');
	const firms = [{ id: PLATFORM_FIRM_ID, slug: 'the platform' }, ...there];
	const keys = await describeKeys(keyring, firms);
	const isProven = await isInstallationProven(keyring);
	return [
		databaseCheck(check, foreign),
		...keys.map(works),
		await findElsewhere(keys, worker),
		...(await ownKeysOpen(keys, worker)),
		...(await rotation(config, keys)),
		databaseCheck(
			'the rights of all existing accounts were proven',
			isProven
				? null
				: foreign === null
					? 'Run `firmseal init`.'
					: 'First give this installation the keyring that belongs to it.',
		),
	];
}

function works(described: DescribedKey): DatabaseCheck {
	const check = `the wrapping key of ${described.slug} works`;
	const { key, refusal } = described;
	if (key?.state === 'ENABLED') return databaseCheck(check, null);
	return databaseCheck(check, refusal?.message ?? `The key is ${wrappingKeyStateOf(described)}: restore or enable it.`);
}

/** Data keys that are wrapped under another key than the firm has now don't open. */
async function findElsewhere(keys: readonly DescribedKey[], worker: Installation['worker']): Promise<DatabaseCheck> {
	const check = 'every data key was wrapped under the wrapping key that its firm has';
	const ids = new Map(keys.flatMap(({ id, key }) => (key ? [[id, key.keyId]] : [])));
	const dataKeys = await worker.read(null, (tx) => selectDataKeyListing(tx, null));
	const elsewhere = dataKeys.filter(
		({ firm, keyId, state }) => state !== 'DESTROYED' && ids.has(firm) && ids.get(firm) !== keyId,
	);
	const slugs = new Set(elsewhere.map(({ firm }) => keys.find(({ id }) => id === firm)?.slug));
	if (elsewhere.length === 0) return databaseCheck(check, null);
	const fix = `Those of ${[...slugs].join(', ')} were not: if a job is changing the key, let it end. Otherwise restore the firm's former key, or the key's name in the key service.`;
	return databaseCheck(check, fix);
}

/** The state of firms' own keys as a worker last saw them. Empty if no firm has brought a key. */
async function ownKeysOpen(keys: readonly DescribedKey[], worker: Installation['worker']): Promise<DatabaseCheck[]> {
	const states = await worker.read(null, (tx) => selectOwnKeyStates(tx, null));
	return states.map(({ firmId, state, since }) => {
		const slug = keys.find(({ id }) => id === firmId)?.slug ?? firmId;
		const ok = state === 'HEALTHY' || state === 'RESTORED';
		const fix = `It is ${state} since ${since.toISOString()}: ${
			state === 'REVOKED'
				? 'ask the firm, which alone can allow its use again.'
				: 'check that the key service can be reached.'
		}`;
		return databaseCheck(`the key that ${slug} has brought opens`, ok ? null : fix);
	});
}

/** Keys that firms have brought are not checked: each firm decides on its own key. */
async function rotation(config: Config, keys: readonly DescribedKey[]): Promise<DatabaseCheck[]> {
	const service = keyServiceOf(config);
	if (!service) return [];
	const check = 'the key service rotates every wrapping key that this installation has made';
	const made = keys.filter(({ key }) => key && !key.isOwn);
	const fix = await service
		.findUnrotated(
			config,
			made.map(({ id }) => id),
		)
		.then(
			(ids) => {
				const slugs = made.filter(({ id }) => ids.includes(id)).map(({ slug }) => slug);
				return slugs.length > 0 ? `Turn on the yearly rotation of the keys of ${slugs.join(', ')}.` : null;
			},
			(error: unknown) => toCommandError(error).message,
		);
	return [databaseCheck(check, fix)];
}

/** Whether a firm that has an escrow could still lose a key. Firms without an escrow are not checked: to have one is their decision. */
export async function inspectEscrows({ worker }: Pick<Installation, 'worker'>): Promise<DatabaseCheck[]> {
	const firms = await worker.read(null, selectEscrowedFirms);
	if (firms.length === 0) return [];
	const check = 'the newest escrow of each firm, and of the platform, has all their data keys';
	const behind = firms
		.filter(({ newer }) => newer > 0)
		.map(({ slug, newer }) => `${slug ?? 'the platform'} (${newer})`);
	const fix = `Newer versions of data keys are in no escrow, so that a loss of the key service would lose what they seal: ${shortenList(behind)}. Make another escrow with \`firmseal keys escrow\`.`;
	return [databaseCheck(check, behind.length === 0 ? null : fix)];
}
