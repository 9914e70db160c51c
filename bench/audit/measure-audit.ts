import type { Facts } from '../files/facts.ts';
import type { BenchInstallation } from '../installation.ts';
import type { Scale } from '../scale.ts';
import { measureSequencing } from './sequencing.ts';
import { measureVerification } from './verification.ts';

export const AUDIT_STEPS = 3;

/** How soon an entry is in a tree and signed, and how long a whole log takes to verify. */
export async function measureAudit(
	installation: BenchInstallation,
	{ logged, verified }: Scale,
	signal: AbortSignal,
	onStep: () => void,
): Promise<Facts[]> {
	const sequencing = await measureSequencing(installation, { milliseconds: logged, signal });
	onStep();
	return [sequencing, await measureVerification(installation, { sizes: verified, signal, onStep })];
}
