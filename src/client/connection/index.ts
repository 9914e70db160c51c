export { type ClientClock, Connection, type VaultState } from './connection.ts';
export { createFirmseal, type Firmseal, type FirmsealOptions, openerOf } from './create-firmseal.ts';
export { AnsweringDevice, JoiningDevice } from './joining.ts';
export { createService, type ServicePort } from './service.ts';
