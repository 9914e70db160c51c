import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { readInstallation } from './installation.ts';
import { FirmsealStack } from './stack.ts';

// node deploy/app.ts [FILE] writes cdk.out/FirmsealStack.template.json. FILE: JSON with what installation.ts has.
const [file] = process.argv.slice(2);
const app = new App({
	outdir: 'cdk.out',
	analyticsReporting: false,
	context: {
		// What CloudFormation would only say when it is given the template.
		'@aws-cdk/core:validateAgainstDefaultRules': true,
		// CloudFormation takes 51,200 bytes in one piece.
		'@aws-cdk/core:suppressTemplateIndentation': true,
	},
});
new FirmsealStack(app, 'FirmsealStack', readInstallation(file ? readFileSync(file, 'utf8') : '{}'));
app.synth();
