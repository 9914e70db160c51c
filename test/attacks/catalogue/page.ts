import { page, table } from '../../../tools/pages/markdown.ts';
import { type Area, type Attack, LAYERS, type Layer } from './attack.ts';

export const REGENERATE = 'npm run attacks';

/** docs/reference/attacks.md: for each area, the attacks that ran and were refused as described. */
export function attacksPage(areas: readonly Area[]): string {
	const attacks = areas.flatMap((area) => area.attacks);
	const used = (Object.keys(LAYERS) as Layer[]).filter((layer) => attacks.some((attack) => attack.layer === layer));
	return page([
		`<!-- Written by \`${REGENERATE}\` from the attacks in test/attacks/catalogue, after each has run. Edit the attacks, not this page. -->`,
		'# Attacks',
		'*Reference. For anyone who reviews security and asks what was tried.*',
		`${attacks.length} attacks, each run against two firms on one installation: what is tried, what happens, and which layer refuses it.
A case is on this page only if it ran and showed what its layer must show. In every case, no answer and no row held another firm's
content, and at the end no log line and no audit entry held any. [SECURITY.md](../../SECURITY.md) names the attackers.
[Attacks on leases](attacks-on-leases.md) remove the locks one by one.`,
		table(
			['layer', 'attacks', 'what a case has to show'],
			used.map((layer) => [layer, String(attacks.filter((attack) => attack.layer === layer).length), LAYERS[layer]]),
		),
		...areas.flatMap(({ title, attacks }) => [`## ${title}`, table(['attack', 'expected', 'layer'], attacks.map(row))]),
	]);
}

const row = ({ attack, expected, layer }: Attack): string[] => [attack, expected, layer];
