import { spawnSync } from 'node:child_process';

/** Seconds; the least that it can be told. */
const SECONDS = 1;

/** Microseconds that OpenSSL itself, without Node, takes for one AES-256-GCM of so many bytes, with associated data. */
export function opensslSpeed(size: number, way: 'encrypt' | 'decrypt'): number {
	const args = ['speed', '-mr', '-seconds', String(SECONDS), '-aead', '-evp', 'aes-256-gcm', '-bytes', String(size)];
	const { stdout } = spawnSync('openssl', way === 'decrypt' ? [...args, '-decrypt'] : args, { encoding: 'utf8' });
	return readSpeed(stdout, size);
}

/** The version of the program, or null: there is none that can be asked for its speed. */
export function opensslVersion(): string | null {
	const { status, stdout } = spawnSync('openssl', ['version'], { encoding: 'utf8' });
	const [name, version] = stdout?.split(' ') ?? [];
	return status === 0 && name === 'OpenSSL' ? (version ?? null) : null;
}

/** Of what `-mr` prints: `+F:25:AES-256-GCM:` and bytes a second. @throws Error of anything else */
export function readSpeed(printed: string, size: number): number {
	const [, rate] = /^\+F:\d+:[^:]+:([\d.]+)/m.exec(printed) ?? [];
	if (!rate) throw new Error('OpenSSL doesn’t tell its speed.');
	return (size / Number(rate)) * 1e6;
}
