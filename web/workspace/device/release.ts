import { toHex } from '../../../src/custody/bytes.ts';

interface Manifest {
	/** SHA-256 of each file, in hex, by its path. */
	readonly files: Readonly<Record<string, string>>;
}

/** Trusted by no firm, because it is no hash. */
const UNKNOWN = 'unknown';

/**
 * SHA-256 of the manifest of the pages, in hex: what a firm trusts as a release. Only a manifest that has the worker and the scripts of
 * this document counts, so that an older release cannot be served with a newer manifest. The name of a script changes with everything
 * that it imports, and with nothing that only the worker does.
 */
export async function releaseOfPages(worker: string): Promise<string> {
	try {
		const manifest = await bytesAt('/manifest.json');
		const { files } = JSON.parse(new TextDecoder().decode(manifest)) as Manifest;
		const scripts = [...document.scripts].map(({ src }) => src);
		const isOwn = await Promise.all([worker, ...scripts].map((file) => isIn(files, file)));
		return scripts.length > 0 && isOwn.every(Boolean) ? await sha256(manifest) : UNKNOWN;
	} catch {
		return UNKNOWN;
	}
}

async function isIn(files: Manifest['files'], file: string): Promise<boolean> {
	const { pathname } = new URL(file, location.href);
	return files[pathname.slice(1)] === (await sha256(await bytesAt(file)));
}

async function bytesAt(address: string): Promise<ArrayBuffer> {
	const answer = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
	if (!answer.ok) throw new Error(`The pages have no ${address}.`);
	return answer.arrayBuffer();
}

const sha256 = async (bytes: ArrayBuffer): Promise<string> =>
	toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
