import { createHash } from 'node:crypto';
import { AuditProofError } from '../../audit/verify/index.ts';
import {
	type AnchorChain,
	countOfFindings,
	createAnchorChain,
	createLogFindings,
	findingKindOf,
	type LogFindings,
	type OnFlaw,
	readFirstKey,
} from '../../audit/verify/log.ts';
import { type AnchorStore, findNewest } from '../../audit-log/anchors/index.ts';
import { nodeSha256 } from '../../audit-log/leader/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { openAnchors } from '../../wiring/index.ts';
import type { CommandResult } from '../command.ts';
import { UNSTOPPED } from '../io.ts';
import { showProgress } from '../print/index.ts';
import { keyLine, linesOfFindings } from './findings.ts';

/** Verifies the whole log from its anchors, one after the other, without the database. */
export async function verifyAnchors(config: Config, pinned: string | null): Promise<CommandResult> {
	const store = await openAnchors(config, { createDirectory: false });
	const newest = await findNewest(store);
	if (newest === null) {
		const problem = 'Nothing is anchored yet, or the anchors are in another store than the settings name.';
		return { result: { anchors: 0 }, text: problem, problem };
	}
	const progress = showProgress('Anchors', newest + 1);
	let number = 0;
	let chain: AnchorChain | null = null;
	const findings = createLogFindings();
	try {
		const rootVkey = pinned ?? (await readFirstKey(await anchorOf(store, 0), config.installation));
		const onFlaw: OnFlaw = ({ tree, index }, flaw) => findings.add(findingKindOf(flaw), { tree, index });
		chain = await createAnchorChain({ rootVkey, sha256: nodeSha256, newHash: () => createHash('sha256'), onFlaw });
		for (; number <= newest; number++) {
			await chain.add(await anchorOf(store, number));
			progress.step();
		}
		return resultOf(chain, findings, { rootVkey, isPinned: pinned !== null });
	} catch (error) {
		if (!(error instanceof AuditProofError)) throw error;
		const problem = `Anchor ${number} does not verify: ${error.message}`;
		return { result: { anchors: number, says: error.message }, text: problem, problem };
	} finally {
		progress.end();
	}
}

interface VerifiedBy {
	readonly rootVkey: string;
	readonly isPinned: boolean;
}

function resultOf(chain: AnchorChain, { list, isCut }: LogFindings, { rootVkey, isPinned }: VerifiedBy): CommandResult {
	const { length, incarnation } = chain;
	const found = countOfFindings({ list, isCut });
	const problem = found === null ? undefined : `${found} in the anchored entries.`;
	const sizes = [...chain.sizes()];
	const root = sizes.find(([origin]) => rootVkey.startsWith(`${origin}+`))?.[1] ?? 0;
	const leaves = sizes.reduce((sum, [, size]) => sum + size, 0) - root;
	return {
		result: {
			anchors: length,
			incarnation,
			leaves,
			trees: sizes.length - 1,
			rootLeaves: root,
			vkey: rootVkey,
			isPinned,
			findings: list,
			isCut,
		},
		problem,
		text: [
			problem ?? 'The anchored log is complete and unchanged.',
			`anchors     ${length.toLocaleString('en')}; the last is of incarnation ${incarnation}`,
			`entries     ${leaves.toLocaleString('en')} in ${(sizes.length - 1).toLocaleString('en')} trees`,
			keyLine(rootVkey, isPinned),
			...linesOfFindings(list),
		].join('\n'),
	};
}

async function anchorOf(store: AnchorStore, number: number): Promise<AsyncIterable<Uint8Array>> {
	const pieces = await store.read(number, UNSTOPPED);
	if (pieces === null) throw new FirmsealError('NOT_FOUND', `Anchor ${number} is missing from the store.`);
	return pieces;
}
