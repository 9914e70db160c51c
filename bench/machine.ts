import { availableParallelism, cpus, totalmem } from 'node:os';

/** What the numbers depend on besides the code. */
export interface Machine {
	readonly node: string;
	readonly openssl: string;
	readonly cpu: string;
	readonly cpus: number;
	readonly memoryGiB: number;
	readonly platform: string;
}

export const readMachine = (): Machine => ({
	node: process.version,
	openssl: process.versions.openssl,
	cpu: cpus()[0]?.model.trim() || 'unknown',
	cpus: availableParallelism(),
	memoryGiB: Math.round(totalmem() / 2 ** 30),
	platform: `${process.platform} ${process.arch}`,
});

export const describeMachine = ({ node, openssl, cpu, cpus: count, memoryGiB, platform }: Machine): string =>
	`Node ${node}, OpenSSL ${openssl}, ${platform}, ${count} x ${cpu}, ${memoryGiB} GiB`;
