import type { gateway } from '@hyperledger/fabric-protos';
import type { handleServerStreamingCall, handleUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { unary } from './call.js';
import { chaincodeEvents } from './chaincode-events.js';
import type { GatewayDependencies } from './gateway-dependencies.js';
import { unaryCalls } from './unary-calls.js';

/** The five calls of gateway.Gateway. */
interface GatewayHandlers extends UntypedServiceImplementation {
  evaluate: handleUnaryCall<gateway.EvaluateRequest, gateway.EvaluateResponse>;
  endorse: handleUnaryCall<gateway.EndorseRequest, gateway.EndorseResponse>;
  submit: handleUnaryCall<gateway.SubmitRequest, gateway.SubmitResponse>;
  commitStatus: handleUnaryCall<gateway.SignedCommitStatusRequest, gateway.CommitStatusResponse>;
  chaincodeEvents: handleServerStreamingCall<gateway.SignedChaincodeEventsRequest, gateway.ChaincodeEventsResponse>;
}

/** The gateway.Gateway service of one peer. */
export function gatewayService(deps: GatewayDependencies): GatewayHandlers {
  const calls = unaryCalls(deps);
  return {
    evaluate: unary(deps.log, calls.evaluate),
    endorse: unary(deps.log, calls.endorse),
    submit: unary(deps.log, calls.submit),
    commitStatus: unary(deps.log, calls.commitStatus),
    chaincodeEvents: (stream) => chaincodeEvents(deps, stream),
  };
}
