"""The way to Kafka: settings of every client, reading to an end, following, producing, topics.

``Kafka`` makes the clients of a real broker, ``broker.memory`` those of one in this process. All
else here is written over these two and behaves alike with both. Faust's own consumer is the only
client of the product that is made elsewhere; it logs in with what ``broker.faust_login`` says.
"""
