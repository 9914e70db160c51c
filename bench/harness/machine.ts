import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

export type Machine = Readonly<ReturnType<typeof readMachine>>;

export const readMachine = () => ({
	node: process.version,
	openssl: process.versions.openssl,
	cpu: cpus()[0]?.model.trim() || 'unknown',
	cpus: availableParallelism(),
	memoryGiB: Math.round(totalmem() / 2 ** 30),
	platform: `${process.platform} ${process.arch}`,
	/** Load average of the last minute. */
	load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
});

export const describeMachine = ({ node, openssl, cpu, cpus: count, memoryGiB, platform, load }: Machine): string =>
	`Node ${node}, OpenSSL ${openssl}, ${platform}, ${count} x ${cpu}, ${memoryGiB} GiB, load before ${load}`;
