import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { readInstallation } from './installation.ts';
import { FirmsealStack } from './stack.ts';

// node deploy/app.ts [FILE] writes cdk.out/FirmsealStack.template.json. FILE is JSON with the settings of installation.ts.
const [file] = process.argv.slice(2);
const app = new App({
	outdir: 'cdk.out',
	analyticsReporting: false,
	context: {
		// Errors that CloudFormation would otherwise report at deployment.
		'@aws-cdk/core:validateAgainstDefaultRules': true,
		// CloudFormation accepts templates of at most 51,200 bytes.
		'@aws-cdk/core:suppressTemplateIndentation': true,
	},
});
new FirmsealStack(app, 'FirmsealStack', readInstallation(file ? readFileSync(file, 'utf8') : '{}'));
app.synth();
