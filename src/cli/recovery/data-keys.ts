import type { Config } from '../../config/index.ts';
import { type DatabaseCheck, selectAllFirms, selectUsableKeys } from '../../database/index.ts';
import { type DescribedKey, describeKeys, wrappingKeyStateOf } from '../../firms/index.ts';
import { type Installation, openKeyring, PLATFORM_FIRM_ID } from '../../wiring/index.ts';
import { toCommandError } from '../command.ts';
import { showProgress } from '../print/index.ts';
import { shortenList } from './shorten-list.ts';

type Keyring = Awaited<ReturnType<typeof openKeyring>>;
type Kept = Awaited<ReturnType<typeof selectUsableKeys>>;

interface KeysToOpen {
	readonly described: DescribedKey;
	readonly kept: Kept;
}

/**
 * Has the keyring open each version that is kept, by wrapping it again and dropping the answer. This shows that its wrapping key is there
 * and that it belongs to the firm and class. The key itself doesn't leave the keyring, nor reach the person who runs this. Whether it is the
 * very one that was stored, its commitment says, which only a holder of the key can compare: a job does.
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
	const check = `the keyring opens each data key that is kept: ${opened} (that each is the one which was stored, \`firmseal keys rewrap\` proves, firm by firm)`;
	return [{ check, ok: true, fix: null }];
}

async function tryOpening(keyring: Pick<Keyring, 'rewrap'>, { described, kept }: KeysToOpen, step: () => void) {
	const check = `the keyring opens each data key of ${described.slug}`;
	const wrong = (fix: string): DatabaseCheck => ({ check, ok: false, fix });
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
	const fix = `It does not open ${shortenList(refused)} of firm ${described.id}: ${why} Bring back the keyring that the database was used with, whole, older versions of its keys too.`;
	return { count: kept.length - refused.length, finding: refused.length > 0 ? wrong(fix) : null };
}

function closed(described: DescribedKey, count: number): string {
	const sentence = `None of its ${count} was tried: the wrapping key of firm ${described.id} is ${wrappingKeyStateOf(described)}.`;
	if (described.key?.isOwn) return `${sentence} It is the firm's own: only the firm can give it back.`;
	return described.key?.state === 'DISABLED'
		? `${sentence} If nobody means it to be, run \`firmseal keys enable\`.`
		: `${sentence} Bring back the keyring that the database was used with.`;
}
