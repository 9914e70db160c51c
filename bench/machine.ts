import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What the numbers depend on besides the code. */
export interface Machine {
	readonly node: string;
	readonly openssl: string;
	readonly cpu: string;
	readonly cpus: number;
	readonly memoryGiB: number;
	readonly platform: string;
	/** Processes that wanted a processor, on average over the minute before. */
	readonly load: number;
}

export const readMachine = (): Machine => ({
	node: process.version,
	openssl: process.versions.openssl,
	cpu: cpus()[0]?.model.trim() || 'unknown',
	cpus: availableParallelism(),
	memoryGiB: Math.round(totalmem() / 2 ** 30),
	platform: `${process.platform} ${process.arch}`,
	load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
});

export const describeMachine = ({ node, openssl, cpu, cpus: count, memoryGiB, platform, load }: Machine): string =>
	`Node ${node}, OpenSSL ${openssl}, ${platform}, ${count} x ${cpu}, ${memoryGiB} GiB, load before ${load}`;
