import type { Config } from '../../config/index.ts';
import { type DatabaseCheck, databaseCheck, selectAllFirms, selectUsableKeys } from '../../database/index.ts';
import { type DescribedKey, describeKeys, wrappingKeyStateOf } from '../../firms/index.ts';
import { type Installation, openKeyring, PLATFORM_FIRM_ID } from '../../wiring/index.ts';
import { shortenList, toCommandError } from '../command.ts';
import { showProgress } from '../print/index.ts';

type Keyring = Awaited<ReturnType<typeof openKeyring>>;
type Kept = Awaited<ReturnType<typeof selectUsableKeys>>;

interface KeysToOpen {
	readonly described: DescribedKey;
	readonly kept: Kept;
}

/**
 * Checks that the keyring opens each stored data key, by having it rewrap the key and discarding the result. This proves that the wrapping key
 * exists and that the data key belongs to its firm and class. The data key never leaves the keyring. It does not prove that the data key is
 * the one that was stored: that needs the key's commitment, which only a process that has the key can compare, as a REWRAP job does.
 */
export async function inspectDataKeys(
	config: Config,
	{ worker }: Pick<Installation, 'worker'>,
): Promise<DatabaseCheck[]> {
	const keyring = await openKeyring(config, 'worker');
	const firms = await worker.read(null, selectAllFirms);
	const described = await describeKeys(keyring, [{ id: PLATFORM_FIRM_ID, slug: 'the platform' }, ...firms]);
	const openings: KeysToOpen[] = [];
	for (const each of described)
		openings.push({ described: each, kept: await worker.read(null, (tx) => selectUsableKeys(tx, each.id)) });
	const total = openings.reduce((sum, { kept }) => sum + kept.length, 0);
	const progress = showProgress('Data keys', total);
	const wrong: DatabaseCheck[] = [];
	let opened = 0;
	for (const opening of openings) {
		const { count, finding } = await tryOpening(keyring, opening, () => progress.step());
		opened += count;
		if (finding) wrong.push(finding);
	}
	progress.end();
	if (wrong.length > 0) return wrong;
	const check = `the keyring opens each data key: ${opened} (\`firmseal keys rewrap\` also proves, firm by firm, that each is the one that was stored)`;
	return [databaseCheck(check, null)];
}

async function tryOpening(keyring: Pick<Keyring, 'rewrap'>, { described, kept }: KeysToOpen, step: () => void) {
	const check = `the keyring opens each data key of ${described.slug}`;
	const wrong = (fix: string) => databaseCheck(check, fix);
	const { key } = described;
	if (key?.state !== 'ENABLED') {
		for (const _ of kept) step();
		return { count: 0, finding: kept.length > 0 ? wrong(closed(described, kept.length)) : null };
	}
	const refused: string[] = [];
	let why = '';
	for (const { firm, class: of, version, wrapped } of kept) {
		await keyring.rewrap({ firm, class: of }, wrapped).catch((error: unknown) => {
			refused.push(`${of} version ${version}`);
			why ||= toCommandError(error).message;
		});
		step();
	}
	const fix = `It does not open ${shortenList(refused)} of firm ${described.id}: ${why} Restore the keyring that the database was used with, including the older versions of its keys.`;
	return { count: kept.length - refused.length, finding: refused.length > 0 ? wrong(fix) : null };
}

function closed(described: DescribedKey, count: number): string {
	const sentence = `None of its ${count} was tried: the wrapping key of firm ${described.id} is ${wrappingKeyStateOf(described)}.`;
	if (described.key?.isOwn) return `${sentence} It is the firm’s own key: only the firm can give it back.`;
	return described.key?.state === 'DISABLED'
		? `${sentence} If that is not intended, run \`firmseal keys enable\`.`
		: `${sentence} Restore the keyring that the database was used with.`;
}
