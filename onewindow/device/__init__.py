"""What programs at devices share (设备端): the link to the hall's server that a bar or a loudspeaker keeps up."""
