// states.ts – the states of a delivery, in the order they are shown in.
import type { Delivery } from './types';

export type DeliveryState = Delivery['state'];
export const deliveryStates = ['DELIVERED', 'PENDING', 'FAILED'] as const satisfies readonly DeliveryState[];
