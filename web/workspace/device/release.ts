import { toHex } from '../../../src/custody/bytes.ts';

interface Manifest {
	/** SHA-256 of each file, in hex, by its path. */
	readonly files: Readonly<Record<string, string>>;
}

/** Trusted by no firm, because it is no hash. */
const UNKNOWN = 'unknown';

/**
 * SHA-256 of the manifest of the pages, in hex: what a firm trusts as a release. Only a manifest that has `file`, a part of this page,
 * counts, so that an older release cannot be served with a newer manifest.
 */
export async function releaseOfPages(file: string): Promise<string> {
	try {
		const [manifest, own] = await Promise.all([bytesAt('/manifest.json'), bytesAt(file)]);
		const { files } = JSON.parse(new TextDecoder().decode(manifest)) as Manifest;
		const { pathname } = new URL(file, location.href);
		return files[pathname.slice(1)] === (await sha256(own)) ? await sha256(manifest) : UNKNOWN;
	} catch {
		return UNKNOWN;
	}
}

async function bytesAt(address: string): Promise<ArrayBuffer> {
	const answer = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
	if (!answer.ok) throw new Error(`The pages have no ${address}.`);
	return answer.arrayBuffer();
}

const sha256 = async (bytes: ArrayBuffer): Promise<string> =>
	toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
