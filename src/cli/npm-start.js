// What `npm start` runs: without `npm ci` there is no Node that knows .ts, or no package, and Node's own words don't say what to do.
if (process.argv.length > 2) {
	process.stderr.write(
		'firmseal: npm start takes no options: set FIRMSEAL_PORT and other settings in the environment.\n',
	);
	process.exitCode = 2;
} else if (Number(process.versions.node.split('.')[0]) < 24) askToInstall();
else {
	try {
		// First: it is at work for what is loaded later.
		await import('./quick-imports.ts');
		await import('./start/start.ts');
	} catch (error) {
		// A file of ours that is missing is another matter.
		if (!String(error.message).startsWith('Cannot find package')) throw error;
		askToInstall();
	}
}

function askToInstall() {
	process.stderr.write('firmseal: Node 24 or a package is missing: run npm ci, which brings both, then npm start.\n');
	process.exitCode = 1;
}
