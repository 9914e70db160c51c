import { createHash } from 'node:crypto';
import { type AnchoredLeaf, createAnchorChain } from '../../../src/audit/verify/log.ts';
import { NEW_KEY } from './bundle-cases.ts';
import { piecesOf } from './file-bytes.ts';
import { sha256 } from './naive-tree.ts';
import { fixedKey } from './note-signer.ts';
import { canonical, FIRM, fileOf, OTHER_FIRM, ROOT, TestLog } from './write-log.ts';

export const [KEY, THIRD_KEY] = [fixedKey(1), fixedKey(4)];
export const ROOT_VKEY = new TestLog(KEY).vkey(ROOT);

export const newHash = () => createHash('sha256');

/** A chain that has accepted `anchors`; throws the error of the first anchor that it refuses. */
export async function chainOf(anchors: readonly (string | Uint8Array)[], onLeaf?: (leaf: AnchoredLeaf) => void) {
	const listening = onLeaf === undefined ? {} : { onLeaf };
	const chain = await createAnchorChain({ rootVkey: ROOT_VKEY, sha256, newHash, ...listening });
	for (const anchor of anchors) await chain.add(piecesOf(anchor, 1000));
	return chain;
}

/** Three anchors, with a rotation in the second and a restore in the third. */
export function anchoredLog(): TestLog {
	const log = new TestLog(KEY);
	log.append(FIRM, 3);
	log.publish(FIRM);
	log.heartbeat();
	log.append(FIRM, 2);
	log.append(null, 1);
	log.publish(null);
	log.publish(FIRM);
	log.anchor();
	log.append(FIRM, 4);
	log.publish(FIRM);
	log.rotate(NEW_KEY);
	log.append(OTHER_FIRM, 1);
	log.publish(OTHER_FIRM);
	log.publish(FIRM);
	log.heartbeat();
	log.anchor();
	log.restore(THIRD_KEY, log.rootNote());
	log.append(OTHER_FIRM, 2);
	log.publish(OTHER_FIRM);
	log.append(FIRM);
	log.publish(FIRM);
	log.anchor();
	return log;
}

/** The lines of a file, changed. */
export function edited(file: string, change: (lines: string[]) => readonly string[]): string {
	return fileOf(change(file.split('\n').slice(0, -1)));
}

/** `file` with a change of the object in line `at`, counted from the end if negative. */
export function withLine(file: string, at: number, changes: Readonly<Record<string, unknown>>): string {
	return edited(file, (lines) => lines.with(at, canonical({ ...JSON.parse(lines.at(at) as string), ...changes })));
}
