import type { Config } from '../../config/index.ts';
import { credentialsOf, invalidApiAnswer, leaseCaller, operationCaller } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { stopSignal } from '../io.ts';
import { showBytes, sizeOf } from './byte-progress.ts';
import { askHead, type DownloadRequest, download } from './download.ts';
import { FileTarget } from './file-target.ts';
import { standardOutput } from './target.ts';
import { withHint } from './with-hint.ts';

export interface GetOptions {
	readonly version?: number;
	readonly out?: string;
	readonly force?: boolean;
	readonly lease?: string;
}

/** Fetches a file of a document; by HTTP alone, unless an earlier run has left a part of it. */
export async function get(config: Config, documentId: string, options: GetOptions): Promise<CommandResult> {
	const { version, out, force = false, lease = null } = options;
	const person = credentialsOf(config);
	const signal = stopSignal();
	const progress = showBytes('Fetched');
	const path = `/documents/${documentId}${version === undefined ? '' : `/versions/${version}`}/content`;
	const wanted: DownloadRequest = { path, lease, signal, progress };
	const target =
		out === '-'
			? standardOutput()
			: new FileTarget({
					out: out ?? null,
					force,
					askHead: () => askHead(person, wanted),
					hashOf: (versionId) => hashOf(config, versionId, lease),
				});
	try {
		const { head, file, resumedFrom } = await download(person, wanted, target);
		return {
			result: { documentId, versionId: head.tag, file, byteSize: head.total, resumedFrom },
			text: `Fetched ${sizeOf(head.total)}${file === null ? '' : ` to ${file}`}.`,
			hasWrittenOutput: file === null,
		};
	} catch (error) {
		throw (await target.leave()) ? withHint(error, HINT) : error;
	} finally {
		progress.end();
	}
}

async function hashOf(config: Config, versionId: string, lease: string | null): Promise<string | null> {
	const operation = ['document-version-hash', { id: versionId }] as const;
	const { node } =
		lease === null
			? await operationCaller(config)(...operation)
			: (await leaseCaller(config, lease)(...operation)).data;
	const { sha256 = null } = (node ?? {}) as { readonly sha256?: unknown };
	if (sha256 === null) return null;
	if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) throw invalidApiAnswer();
	return sha256;
}

const HINT = 'What has come is kept, and the same command goes on from there.';
