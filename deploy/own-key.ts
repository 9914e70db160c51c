import { parseArgs } from 'node:util';
import { ownKeyPolicy } from './own-key-policy.ts';

// Prints the policy for a key that a firm brings: node deploy/own-key.ts --account ID --keeper ROLE_ARN [--name NAME] [--partition aws]
const { values } = parseArgs({
	options: {
		account: { type: 'string' },
		keeper: { type: 'string' },
		name: { type: 'string', default: 'firmseal' },
		partition: { type: 'string', default: 'aws' },
	},
});
const { account = '', keeper = '', name, partition } = values;
if (/^\d{12}$/.test(account) && keeper.startsWith(`arn:${partition}:iam::${account}:role/`)) {
	process.stdout.write(`${JSON.stringify(ownKeyPolicy({ account, name, keeper, partition }), null, '\t')}\n`);
} else {
	process.stderr.write('Give --account, 12 digits, and --keeper, the ARN of a role of that account.\n');
	process.exitCode = 2;
}
