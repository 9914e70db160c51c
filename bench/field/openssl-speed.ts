import { spawnSync } from 'node:child_process';

/** Microseconds that OpenSSL, without Node, takes for one AES-256-GCM of `size` bytes, with associated data. */
export function opensslSpeed(size: number, way: 'encrypt' | 'decrypt'): number {
	const args = ['speed', '-mr', '-seconds', '1', '-aead', '-evp', 'aes-256-gcm', '-bytes', String(size)];
	const { stdout } = spawnSync('openssl', way === 'decrypt' ? [...args, '-decrypt'] : args, { encoding: 'utf8' });
	return readSpeed(stdout, size);
}

/** The version of the program; null without an `openssl` that can measure its speed. */
export function opensslVersion(): string | null {
	const { status, stdout } = spawnSync('openssl', ['version'], { encoding: 'utf8' });
	const [name, version] = stdout?.split(' ') ?? [];
	return status === 0 && name === 'OpenSSL' ? (version ?? null) : null;
}

/** Reads the output of `-mr`: `+F:25:AES-256-GCM:` and bytes per second. @throws Error for other output */
export function readSpeed(printed: string, size: number): number {
	const [, rate] = /^\+F:\d+:[^:]+:([\d.]+)/m.exec(printed) ?? [];
	if (!rate) throw new Error('The output of openssl speed has no result.');
	return (size / Number(rate)) * 1e6;
}
