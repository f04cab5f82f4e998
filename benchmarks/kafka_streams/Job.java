// The small job on Kafka Streams: one thread, a persistent or in-memory store with its changelog.

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

public final class Job {
    static final ObjectMapper JSON = new ObjectMapper();
    static final ObjectReader EVENT = JSON.readerFor(Event.class);
    static final ObjectReader STATE = JSON.readerFor(State.class);
    static final ObjectWriter WRITE_STATE = JSON.writerFor(State.class);
    static final ObjectWriter WRITE_TALLY = JSON.writerFor(Tally.class);

    public static final class Event {
        public String event_id;
        public String dossier_id;
        public String kind;
        public long occurred_at;
        public String unit;
        public String officer;
        public String step;
    }

    public static final class State {
        public String unit;
        public String officer;
        public String step;
        public int events;
        public long first_at;
        public long last_at;
        @JsonProperty("open") public boolean isOpen;
    }

    public static final class Tally {
        public String unit;
        public int partition;
        public int open;
        public int finished;
        public int events;
    }

    static final class Fold implements Processor<Bytes, byte[], byte[], byte[]> {
        private final Map<String, Tally> tallies = new HashMap<>();
        private ProcessorContext<byte[], byte[]> context;
        private KeyValueStore<Bytes, byte[]> store;

        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            this.context = context;
            this.store = context.getStateStore("dossiers");
        }

        @Override
        public void process(Record<Bytes, byte[]> record) {
            try {
                Event event = EVENT.readValue(record.value());
                byte[] stored = store.get(record.key());
                State state = stored == null ? null : STATE.readValue(stored);
                Boolean wasOpen = state == null ? null : state.isOpen;
                if (state == null) {
                    state = new State();
                    state.unit = event.unit;
                    state.first_at = event.occurred_at;
                }
                state.officer = event.officer;
                state.step = event.step;
                state.events += 1;
                state.last_at = event.occurred_at;
                state.isOpen = !event.kind.equals("finished");
                store.put(record.key(), WRITE_STATE.writeValueAsBytes(state));
                Tally tally = move(state, wasOpen);
                byte[] key = (tally.unit + "|" + tally.partition).getBytes(StandardCharsets.UTF_8);
                context.forward(
                    new Record<>(key, WRITE_TALLY.writeValueAsBytes(tally), record.timestamp()));
            } catch (java.io.IOException error) {
                throw new java.io.UncheckedIOException(error);
            }
        }

        private Tally move(State state, Boolean wasOpen) {
            Tally tally = tallies.get(state.unit);
            if (tally == null) {
                tally = new Tally();
                tally.unit = state.unit;
                tally.partition = context.taskId().partition();
                tallies.put(state.unit, tally);
            }
            if (wasOpen != null) {
                if (wasOpen) {
                    tally.open -= 1;
                } else {
                    tally.finished -= 1;
                }
            }
            if (state.isOpen) {
                tally.open += 1;
            } else {
                tally.finished += 1;
            }
            tally.events += 1;
            return tally;
        }
    }

    // Arguments: name, bootstrap servers, input topic, output topic, folder, commit interval (ms),
    // store ("memory" or "rocksdb").
    public static void main(String[] args) throws InterruptedException {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, args[0]);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[1]);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, args[4]);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, args[5]);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, "1");
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, "10000");
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), "5000");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), "20");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), "262144");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");

        Topology topology = new Topology();
        topology.addSource(
            "events", Serdes.Bytes().deserializer(), Serdes.ByteArray().deserializer(), args[2]);
        topology.addProcessor("fold", Fold::new, "events");
        topology.addStateStore(
            Stores.keyValueStoreBuilder(
                args[6].equals("rocksdb")
                    ? Stores.persistentKeyValueStore("dossiers")
                    : Stores.inMemoryKeyValueStore("dossiers"),
                Serdes.Bytes(),
                Serdes.ByteArray()),
            "fold");
        topology.addSink(
            "tallies",
            args[3],
            Serdes.ByteArray().serializer(),
            Serdes.ByteArray().serializer(),
            "fold");

        KafkaStreams streams = new KafkaStreams(topology, settings);
        CountDownLatch stopped = new CountDownLatch(1);
        streams.setUncaughtExceptionHandler(
            error -> {
                error.printStackTrace();
                stopped.countDown();
                return org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler
                    .StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            });
        streams.start();
        stopped.await();
        System.exit(1);
    }
}
