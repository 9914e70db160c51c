export interface CephConfigurationOptions {
	readonly directory: string;
	/** Its id, a UUID. */
	readonly cluster: string;
	/** Addresses of the one monitor. */
	readonly monitors: string;
	/** The port of the gateway. */
	readonly port: number;
	/** The package's directory with the plugins of the store. */
	readonly classes: string;
}

/** The configuration of a cluster with one monitor, one store in memory and a gateway. The gateway's key service has its keys in this file. */
export const cephConfiguration = ({
	directory,
	cluster,
	monitors,
	port,
	classes,
}: CephConfigurationOptions) => `[global]
fsid = ${cluster}
mon host = ${monitors}
mon initial members = a
public addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = ${directory}/keyring
run dir = ${directory}/run
admin socket = ${directory}/run/$name.asok
log file = ${directory}/log/$name.log
pid file = ${directory}/run/$name.pid
mon data = ${directory}/mon
osd data = ${directory}/osd
osd objectstore = memstore
memstore device bytes = 2147483648
osd class dir = ${classes}
osd op queue = wpq
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon warn on insecure global id reclaim = false
mon warn on pool no redundancy = false
mon data avail crit = 1
mon data avail warn = 1
ms bind msgr2 = true
[client.rgw.a]
keyring = ${directory}/keyring
rgw data = ${directory}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw dns name = localhost
rgw enable usage log = false
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = testkey-1=${KEYS[0]} testkey-2=${KEYS[1]}
`;

/** Keys for tests only: 32 bytes each, in base64. */
const KEYS = [
	Buffer.alloc(32, 'only for the tests of Firmseal, 1').toString('base64'),
	Buffer.alloc(32, 'only for the tests of Firmseal, 2').toString('base64'),
];
